/// How much, how many and how long: every bound of a program in one place.
package struct Limits: Sendable {
    /// Threads that answer; each owns its endpoint.
    package var workers = 4
    /// The longest body an endpoint is given; a longer one is answered with 413.
    package var bodyLimit = 65_536
    /// FastCGI parameters of one request; the web server passes about twenty-five.
    package var parameterCount = 64
    /// Bytes of all parameters of one request; the web server's own limit lies below.
    package var parameterBytes = 65_536
    /// Connections at a time, the idle ones included, as far as descriptors reach; more wait in the backlog. Every process
    /// of the web server keeps some.
    package var connections = 4096
    /// How long a request may take to arrive once its first byte, or its connection, is there.
    package var receiveTimeout = Duration.seconds(10)
    /// How long the web server may refuse to take an answer.
    package var sendTimeout = Duration.seconds(30)
    /// How long a stopping program serves the connections that the web server still keeps.
    package var stopTimeout = Duration.seconds(30)

    package init() {}
}
