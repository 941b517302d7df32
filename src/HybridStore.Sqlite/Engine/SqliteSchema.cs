namespace HybridStore.Sqlite.Engine;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed; another one is added.</summary>
internal static class SqliteSchema
{
    /// <summary>SQLite's application_id of our files: <c>HybS</c>.</summary>
    public const int ApplicationId = 0x48796253;

    /// <summary>The schema's version that this library makes and understands; stands in SQLite's user_version.</summary>
    public static int Version => Migrations[^1].Number;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, """
            -- A session's own row. version 0: the session does not exist; the row is there for a lease, or an import that is loading,
            -- and incarnation is then the last life that ended. commits: 64 commit ids of 16 bytes, version v's in slot v % 64.
            CREATE TABLE session (
                id           INTEGER PRIMARY KEY AUTOINCREMENT,
                tenant       TEXT    NOT NULL,
                name         TEXT    NOT NULL,
                incarnation  INTEGER NOT NULL,
                version      INTEGER NOT NULL,
                epoch        INTEGER NOT NULL,
                ahead_epoch  INTEGER NOT NULL,
                data_key     INTEGER NOT NULL,
                loading      INTEGER NOT NULL,
                lease_until  INTEGER NOT NULL,
                created_at   INTEGER NOT NULL,
                updated_at   INTEGER NOT NULL,
                lease_holder TEXT,
                commits      BLOB    NOT NULL,
                UNIQUE (tenant, name)
            );
            CREATE INDEX session_ahead ON session (tenant, name) WHERE ahead_epoch <> 0;
            CREATE INDEX session_loading ON session (updated_at) WHERE loading <> 0;

            CREATE TABLE record (
                session  INTEGER NOT NULL,
                type     TEXT    NOT NULL,
                id       TEXT    NOT NULL,
                version  INTEGER NOT NULL,
                envelope BLOB    NOT NULL
            );
            CREATE UNIQUE INDEX record_key ON record (session, type, id);

            -- Apart from the records, so that a backup can leave the keys out. The newest, by seq, seals.
            CREATE TABLE data_key (
                seq        INTEGER PRIMARY KEY AUTOINCREMENT,
                session    INTEGER NOT NULL,
                key_id     INTEGER NOT NULL,
                wrapped    BLOB    NOT NULL,
                created_at INTEGER NOT NULL,
                UNIQUE (session, key_id)
            );

            -- What stays of a deleted session, for ever.
            CREATE TABLE tombstone (
                name_hash    BLOB    PRIMARY KEY,
                incarnation  INTEGER NOT NULL,
                last_version INTEGER NOT NULL,
                epoch        INTEGER NOT NULL
            );

            -- Former session.id values whose records are being removed, a bounded number at a time.
            CREATE TABLE purge (session INTEGER PRIMARY KEY);
            """),
        new(2, """
            -- The version behind which queued commits were lost, or may have been; 0: none were, or it was acknowledged.
            ALTER TABLE session ADD COLUMN rolled_back_at INTEGER NOT NULL DEFAULT 0;
            """),
        new(3, """
            -- The former versions of a session's records, where they are kept. through: the version up to which nothing is missing; below the session's, history has
            -- ended. oldest: the oldest version that can be gone back to.
            CREATE TABLE history (
                session INTEGER PRIMARY KEY,
                through INTEGER NOT NULL,
                oldest  INTEGER NOT NULL
            );
            CREATE TABLE history_version (
                session INTEGER NOT NULL,
                version INTEGER NOT NULL,
                at      INTEGER NOT NULL,
                changes INTEGER NOT NULL,
                bytes   INTEGER NOT NULL,
                PRIMARY KEY (session, version)
            ) WITHOUT ROWID;

            -- A record as it was from version on, until replaced_by replaced or deleted it.
            CREATE TABLE history_record (
                session     INTEGER NOT NULL,
                type        TEXT    NOT NULL,
                id          TEXT    NOT NULL,
                version     INTEGER NOT NULL,
                replaced_by INTEGER NOT NULL,
                envelope    BLOB    NOT NULL
            );
            CREATE UNIQUE INDEX history_record_key ON history_record (session, type, id, replaced_by);
            CREATE INDEX history_record_replaced_by ON history_record (session, replaced_by);
            """),
        new(4, """
            -- The ring of master keys, one row: ids, states and times, and keys only as their provider wrapped them. Apart from the records, as the data keys are.
            CREATE TABLE key_ring (
                id      INTEGER PRIMARY KEY CHECK (id = 1),
                version INTEGER NOT NULL,
                content BLOB    NOT NULL
            );
            """),
    ];
}
