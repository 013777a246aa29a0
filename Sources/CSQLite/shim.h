#ifndef VESTIBULE_CSQLITE_H
#define VESTIBULE_CSQLITE_H

#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift cannot import: SQLite copies what is bound.
static const sqlite3_destructor_type VESTIBULE_SQLITE_TRANSIENT = (sqlite3_destructor_type)-1;

// sqlite3_db_config is variadic.
static inline int vestibule_sqlite3_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

#endif
