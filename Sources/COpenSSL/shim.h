// OpenSSL 3.0 without the interfaces it has deprecated, so that none can be called by mistake.
#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// A compound macro, which Swift does not import.
static const int COPENSSL_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY;
