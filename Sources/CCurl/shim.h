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

static inline CURLcode vestibule_curl_status(CURL *curl, long *status) {
    return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
}

static inline CURLcode vestibule_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
