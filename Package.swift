// swift-tools-version: 6.2
// The house in one list: a target imports only what stands beside its name (README shows the picture).
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func library(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A FastCGI program: the only place where the rules and the store are both in sight.
func program(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: "vestibule-\(name)", dependencies: dependencies + ["Endpoints", "Service"], swiftSettings: strict)
}

func test(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
}

let programs = [
    "discovery", "jwks", "authorize", "token", "introspect", "revoke", "register", "launch", "portal", "enforce",
    "courier", "consents",
]

let package = Package(
    name: "vestibule",
    products: programs.map { .executable(name: "vestibule-\($0)", targets: ["vestibule-\($0)"]) }
        + [.executable(name: "vestibule", targets: ["vestibule"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Level 0: values without input, output or clock, and the system's libraries.
        library("HTTP"),
        library("JSON"),
        library("SQL"),
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Level 1
        library("JOSE", "COpenSSL", "JSON"),
        library("SMART", "HTTP", "JSON"),
        library("SQLite", "CSQLite", "SQL"),
        library("PostgreSQL", "CPostgreSQL", "SQL"),
        library("HTTPClient", "CCurl"),

        // Level 2
        library("OAuth", "HTTP", "JOSE", "JSON", "SMART"),
        library("FastCGI", "CFastCGI", "HTTP"),

        // Level 3
        library("ClientKeys", "HTTPClient", "JOSE", "OAuth"),
        library("Store", "JOSE", "OAuth", "SMART"),
        library(
            "Service", "FastCGI", "HTTP", "JOSE", "JSON", "SMART", "SQL", .product(name: "TOMLKit", package: "TOMLKit")),

        // Level 4: these two never meet.
        library(
            "Endpoints", "ClientKeys", "HTTP", "HTTPClient", "JOSE", "JSON", "OAuth", "SMART", "Service", "Store"),
        library("SQLStore", "HTTP", "JOSE", "JSON", "OAuth", "SMART", "PostgreSQL", "SQL", "SQLite", "Store"),

        // Level 5: the programs.
        program("discovery"),
        program("jwks", "SQLStore"),
        program("authorize", "SQLStore"),
        program("token", "ClientKeys", "SQLStore", "Store"),
        program("introspect", "ClientKeys", "SQLStore"),
        program("revoke", "ClientKeys", "SQLStore"),
        program("register", "SQLStore"),
        program("launch", "ClientKeys", "SQLStore"),
        program("portal", "SQLStore"),
        program("enforce", "HTTPClient", "SMART", "SQLStore"),
        program("courier", "HTTPClient", "OAuth", "SQLStore"),
        program("consents", "HTTPClient", "OAuth", "SQLStore"),
        .executableTarget(
            name: "vestibule",
            dependencies: [
                "Endpoints", "HTTP", "JOSE", "JSON", "OAuth", "SMART", "SQLStore", "Service", "Store",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // Tests mirror the sources, target for target.
        .target(
            name: "StoreTesting", dependencies: ["PostgreSQL", "SQL"], path: "Tests/StoreTesting",
            swiftSettings: strict),
        test("HTTP", "HTTP"),
        test("JSON", "JSON"),
        test("JOSE", "JOSE", "JSON"),
        test("SMART", "HTTP", "JSON", "SMART"),
        test("HTTPClient", "HTTPClient"),
        test("SQL", "SQL"),
        test("PostgreSQL", "PostgreSQL", "StoreTesting", "SQL"),
        test("ClientKeys", "ClientKeys", "HTTPClient", "JOSE", "OAuth"),
        test("OAuth", "HTTP", "JOSE", "JSON", "OAuth", "SMART"),
        test("SQLStore", "HTTP", "JOSE", "JSON", "OAuth", "StoreTesting", "SMART", "SQL", "SQLStore", "Store"),
        test(
            "Endpoints", "ClientKeys", "Endpoints", "HTTP", "HTTPClient", "JOSE", "JSON", "OAuth", "SMART", "SQL",
            "SQLStore", "Service", "Store", "StoreTesting"),
        test("Service", "FastCGI", "HTTP", "Service"),
        // Some of these run a real program as a process of its own.
        test("FastCGI", "FastCGI", "HTTP", "vestibule-discovery"),
    ],
    swiftLanguageModes: [.v6]
)
