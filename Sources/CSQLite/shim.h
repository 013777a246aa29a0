#ifndef VESTIBULE_CSQLITE_H
#define VESTIBULE_CSQLITE_H

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

// SQLITE_TRANSIENT is a cast that Swift cannot import: SQLite copies what is bound.
static const sqlite3_destructor_type VESTIBULE_SQLITE_TRANSIENT = (sqlite3_destructor_type)-1;

// sqlite3_db_config is variadic.
static inline int vestibule_sqlite3_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

// SQLite makes files as the umask says; this one is its owner's alone, and its journals take its mode.
static inline void vestibule_create_private_file(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) close(descriptor);
}

#endif
