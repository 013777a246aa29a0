#ifndef VESTIBULE_CPOSTGRESQL_H
#define VESTIBULE_CPOSTGRESQL_H

#include <libpq-fe.h>

// Character macros have no type in Swift.
static const int VESTIBULE_PG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int VESTIBULE_PG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;

#endif
