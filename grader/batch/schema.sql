-- The gradebook, version 1. Nothing is overwritten by a run: a run adds rows, and what counts is
-- the newest. Times are ISO 8601 in UTC; columns that end in _json hold JSON.

CREATE TABLE scope (            -- one row: the part of the rubric that this gradebook is for
    assignment TEXT,
    only_json TEXT NOT NULL,
    pseudonymous INTEGER NOT NULL CHECK (pseudonymous IN (0, 1))    -- 1: no names, ever
) STRICT;

CREATE TABLE students (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL          -- '' where names are kept apart
) STRICT, WITHOUT ROWID;

CREATE TABLE packages (sha256 TEXT PRIMARY KEY, versions_json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rubrics (sha256 TEXT PRIMARY KEY, topics_json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE isolations (
    sha256 TEXT PRIMARY KEY,
    level TEXT NOT NULL,
    layers_json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (             -- one call of `grader batch` or `grader regrade`
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('batch', 'regrade')),
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT '',   -- '' while it runs, and for ever if it was killed
    seed INTEGER NOT NULL,
    mode TEXT NOT NULL,
    engine TEXT NOT NULL,
    version TEXT NOT NULL,
    checks_sha256 TEXT NOT NULL,
    packages_sha256 TEXT NOT NULL REFERENCES packages,
    rubric_sha256 TEXT NOT NULL REFERENCES rubrics
) STRICT;

CREATE TABLE submissions (      -- the files of a student, known by their hash
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL REFERENCES students,
    sha256 TEXT NOT NULL,
    remarks_json TEXT NOT NULL,
    UNIQUE (student, sha256)
) STRICT;

CREATE TABLE hand_ins (         -- what a run was given for a student
    run INTEGER NOT NULL REFERENCES runs,
    student TEXT NOT NULL REFERENCES students,
    submission INTEGER REFERENCES submissions,
    path TEXT NOT NULL,         -- '' where names are kept apart
    submitted_at TEXT NOT NULL,
    late_days REAL NOT NULL CHECK (late_days >= 0),
    problem TEXT NOT NULL,      -- what a person has to look at; why there is nothing to grade
    PRIMARY KEY (student, run),
    CHECK (submission IS NOT NULL OR problem <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (         -- one row a check; the newest of a submission and check counts
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    submission INTEGER NOT NULL REFERENCES submissions,
    check_id TEXT NOT NULL,
    check_sha256 TEXT NOT NULL,
    rubric_sha256 TEXT NOT NULL,
    seed INTEGER NOT NULL,
    packages_sha256 TEXT NOT NULL REFERENCES packages,
    isolation_sha256 TEXT NOT NULL REFERENCES isolations,
    status TEXT NOT NULL,
    fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
    message TEXT NOT NULL,
    seconds REAL NOT NULL,
    details_json TEXT NOT NULL, -- counterexample, notes, what was printed; no pictures
    at TEXT NOT NULL,
    UNIQUE (submission, check_id, run)
) STRICT;

CREATE TABLE manual_scores (    -- points given by a person; the newest of a student and item counts
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL REFERENCES students,
    check_id TEXT NOT NULL,
    points REAL NOT NULL CHECK (points >= 0),
    note TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE TABLE late_days (        -- a person's correction of the days that count
    student TEXT PRIMARY KEY REFERENCES students,
    days REAL NOT NULL CHECK (days >= 0),
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE floors (           -- what a student keeps after `--never-lower`
    student TEXT PRIMARY KEY REFERENCES students,
    score REAL NOT NULL,
    extra_credit REAL NOT NULL,
    run INTEGER NOT NULL REFERENCES runs
) STRICT, WITHOUT ROWID;
