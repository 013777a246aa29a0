// libcurl's setters and getters are variadic C functions, which Swift cannot call: one plain function for each type.
#ifndef VESTIBULE_CCURL_SHIM_H
#define VESTIBULE_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*vestibule_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode vestibule_curl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode vestibule_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode vestibule_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode vestibule_curl_set_lines(CURL *curl, struct curl_slist *lines) {
    return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
}

static inline CURLcode vestibule_curl_set_sink(CURL *curl, CURLoption option, vestibule_curl_sink sink) {
    return curl_easy_setopt(curl, option, sink);
}

static inline CURLcode vestibule_curl_set_web_only(CURL *curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode vestibule_curl_set_url(CURL *curl, CURLU *url) {
    return curl_easy_setopt(curl, CURLOPT_CURLU, url);
}

static inline CURLcode vestibule_curl_set_gate(CURL *curl, curl_opensocket_callback gate, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, gate);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, context) : code;
}

// A name that is still being looked up when the time is over must not hold the thread any longer (libcurl 7.87).
static inline CURLcode vestibule_curl_set_quick_exit(CURL *curl) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
#else
    return CURLE_OK;
#endif
}

// The address goes on behind the field that Swift sees: an IPv6 one is longer.
static inline const struct sockaddr *vestibule_curl_address(const struct curl_sockaddr *address) {
    return &address->addr;
}

static inline CURLcode vestibule_curl_status(CURL *curl, long *status) {
    return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
}

static inline CURLcode vestibule_curl_proxy_status(CURL *curl, long *status) {
    return curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, status);
}

static inline CURLcode vestibule_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
