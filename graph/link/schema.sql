-- The tables of an index. Indexes are made after loading, and `finished` is written last.

CREATE TABLE dump (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,      -- what it is, such as col
    release  TEXT NOT NULL,
    kind     TEXT NOT NULL,      -- taxon, organization, place, habitat
    title    TEXT NOT NULL,
    licence  TEXT NOT NULL,
    date     TEXT NOT NULL,
    url      TEXT NOT NULL,
    iri      TEXT NOT NULL,      -- template with {id}, or empty
    file     TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    format   TEXT NOT NULL,
    records  INTEGER NOT NULL,
    skipped  INTEGER NOT NULL,   -- records without a name or an identifier
    UNIQUE (name, release)
);

-- Words that many records share: ranks, kingdoms, families, statuses, types.
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE name (
    id         INTEGER PRIMARY KEY,
    dump       INTEGER NOT NULL,
    stem       TEXT NOT NULL,    -- see stem.py; with = in front for what must match as a whole
    canonical  TEXT NOT NULL,
    authorship TEXT NOT NULL,
    rank       INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    ref        TEXT NOT NULL,    -- the identifier in the dump
    accepted   TEXT,             -- the identifier of the accepted taxon, for a synonym
    target     TEXT,             -- and its name
    kingdom    INTEGER NOT NULL,
    family     INTEGER NOT NULL,
    hybrid     INTEGER NOT NULL,
    tail       TEXT              -- the stem of the last epithet
);

-- First words of names with one letter taken out, which finds those that differ by a slip.
CREATE TABLE slip (dump INTEGER, key TEXT, first TEXT, PRIMARY KEY (dump, key, first)) WITHOUT ROWID;

-- Countries that taxa are recorded from.
CREATE TABLE area (dump INTEGER, ref TEXT, country TEXT, PRIMARY KEY (dump, ref, country)) WITHOUT ROWID;

-- Organisations, places and habitats.
CREATE TABLE thing (
    id         INTEGER PRIMARY KEY,
    dump       INTEGER NOT NULL,
    ref        TEXT NOT NULL,
    label      TEXT NOT NULL,
    type       TEXT NOT NULL,
    country    TEXT NOT NULL,
    locality   TEXT NOT NULL,
    status     INTEGER NOT NULL,
    accepted   TEXT,             -- what replaces it
    parent     TEXT,
    definition TEXT NOT NULL
);
CREATE TABLE label (
    thing INTEGER NOT NULL,
    dump  INTEGER NOT NULL,
    key   TEXT NOT NULL,         -- without case, diacritics and punctuation
    kind  TEXT NOT NULL,         -- label, alias, acronym, broad, narrow, related
    tail  TEXT NOT NULL          -- its last letters, to find misspellings at its beginning
);

-- Identifiers that a dump gives its records in other systems.
CREATE TABLE identifier (dump INTEGER NOT NULL, ref TEXT NOT NULL, scheme TEXT NOT NULL, value TEXT NOT NULL);
