-- The schema's number, and the oldest one that a library may know to work with it: a newer library's steps leave the functions and columns
-- of its neighbour alone.
CREATE TABLE hybridstore.schema_version (
    number        integer     NOT NULL,
    readable_from integer     NOT NULL,
    applied_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX schema_version_single ON hybridstore.schema_version ((true));

-- Names what records and data keys belong to: one life of a session. Never used twice.
CREATE SEQUENCE hybridstore.session_id;

-- A session's own row. version 0: the session does not exist; the row is there for a lease, and incarnation is then the last life that ended.
-- commits: the ids of the last 64 versions, version v's in element v % 64 + 1; all zero: nobody's.
-- Room is left in each page, so that a commit finds place beside the row that it replaces, and no index is touched.
CREATE TABLE hybridstore.session (
    id             bigint           PRIMARY KEY DEFAULT nextval('hybridstore.session_id'),
    tenant         text COLLATE "C" NOT NULL,
    name           text COLLATE "C" NOT NULL,
    incarnation    bigint           NOT NULL,
    version        bigint           NOT NULL DEFAULT 0,
    epoch          bigint           NOT NULL,
    ahead_epoch    bigint           NOT NULL DEFAULT 0,
    rolled_back_at bigint           NOT NULL DEFAULT 0,
    data_key       bigint           NOT NULL DEFAULT 0,
    created_at     timestamptz      NOT NULL DEFAULT clock_timestamp(),
    updated_at     timestamptz      NOT NULL DEFAULT clock_timestamp(),
    lease_until    timestamptz      NOT NULL DEFAULT 'epoch',
    lease_holder   text COLLATE "C",
    commits        uuid[]           NOT NULL DEFAULT array_fill('00000000-0000-0000-0000-000000000000'::uuid, ARRAY[64]),
    UNIQUE (tenant, name)
) WITH (fillfactor = 50);
CREATE INDEX session_ahead ON hybridstore.session (tenant, name) WHERE ahead_epoch <> 0;

CREATE TABLE hybridstore.record (
    session  bigint           NOT NULL,
    type     text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    version  bigint           NOT NULL,
    envelope bytea            NOT NULL,
    PRIMARY KEY (session, type, id)
) WITH (fillfactor = 85);
-- Encrypted bytes don't get smaller.
ALTER TABLE hybridstore.record ALTER COLUMN envelope SET STORAGE EXTERNAL;

-- Apart from the records, so that a backup can leave the keys out. The newest, by seq, seals.
CREATE TABLE hybridstore.data_key (
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    session    bigint      NOT NULL,
    key_id     bigint      NOT NULL,
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (session, key_id)
);

-- What stays of a deleted session, for ever. The name is hashed.
CREATE TABLE hybridstore.tombstone (
    name_hash    bytea  PRIMARY KEY,
    incarnation  bigint NOT NULL,
    last_version bigint NOT NULL,
    epoch        bigint NOT NULL
);

-- Values of session.id whose records belong to nobody: of an import that goes on (loading), or of a session that ended, to be removed step by step.
CREATE TABLE hybridstore.unowned (
    session    bigint      PRIMARY KEY,
    loading    boolean     NOT NULL,
    touched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
