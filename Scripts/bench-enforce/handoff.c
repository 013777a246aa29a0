/* The least that a FastCGI program in the path of a request can do: it reads the token and answers X-Accel-Redirect.
   What vestibule-enforce costs is compared with what this costs. */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static int listener;

static void *worker(void *unused) {
    (void)unused;
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        const char *token = FCGX_GetParam("HTTP_AUTHORIZATION", request.envp);
        const char *uri = FCGX_GetParam("REQUEST_URI", request.envp);
        if (token && uri && strncmp(uri, "/limit", 6) == 0)
            FCGX_FPrintF(request.out, "X-Accel-Redirect: @limit_upstream\r\nX-FHIR-Target: %s\r\n\r\n", uri + 6);
        else
            FCGX_FPrintF(request.out, "Status: 401\r\n\r\n");
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int count, char **arguments) {
    /* However the benchmark ends, this ends with it; libfcgi goes on accepting after SIGTERM. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (count != 2 || FCGX_Init() != 0) return 1;
    listener = FCGX_OpenSocket(arguments[1], 1024);
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) pthread_create(&threads[i], NULL, worker, NULL);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    return 0;
}
