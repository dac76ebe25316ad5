-- The change feed, the audit chain, jobs. Columns that are added may be null: a program of the schema before still writes.
UPDATE passerelle_schema SET minor = 1;

-- Who sees a resource: a set of readers, named by the hash of its members, so that equal ones are stored once.
CREATE TABLE audiences (
  id uuid NOT NULL PRIMARY KEY
);
-- A reader is `ministry`, `operator`, `academie`, `school`, `everyone`, or an organisation (`party:…`, `parent:…`).
-- The territory narrows delegates; it is empty where none applies.
CREATE TABLE audience_readers (
  reader text COLLATE "C" NOT NULL,
  territory text COLLATE "C" NOT NULL,
  audience_id uuid NOT NULL REFERENCES audiences (id),
  PRIMARY KEY (reader, territory, audience_id)
);

-- What the feed was last told of who sees it.
ALTER TABLE conventions ADD COLUMN audience_id uuid;
ALTER TABLE organisations ADD COLUMN audience_id uuid;

-- `moved`: the resource is as it was, others see it now. `date_reached`: a date has passed.
ALTER TABLE changes DROP CONSTRAINT changes_operation_check;
ALTER TABLE changes ADD CONSTRAINT changes_operation_check
  CHECK (operation IN ('created', 'updated', 'deleted', 'moved', 'date_reached'));
ALTER TABLE changes ADD COLUMN seen_by uuid;
ALTER TABLE changes ADD COLUMN was_seen_by uuid;

-- The entries of the feed are dropped after a time, those of the audit are kept. What they were about is copied when
-- they are numbered.
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_change_seq_fkey;
ALTER TABLE audit_entries ADD COLUMN change_position bigint;
ALTER TABLE audit_entries ADD COLUMN kind text;
ALTER TABLE audit_entries ADD COLUMN resource_id uuid;
ALTER TABLE audit_entries ADD COLUMN version bigint;
ALTER TABLE audit_entries ADD COLUMN convention_id uuid;
ALTER TABLE audit_entries ADD COLUMN organisation_id uuid;
ALTER TABLE audit_entries ADD COLUMN audience_id uuid;
CREATE INDEX audit_entries_by_resource ON audit_entries (resource_id, position);
CREATE INDEX audit_entries_by_convention ON audit_entries (convention_id, position);

-- One row: how far the feed and the chain have come. Another epoch makes every cursor start again.
CREATE TABLE feed_head (
  id integer NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch text NOT NULL,
  position bigint NOT NULL,
  dropped_until bigint NOT NULL,
  audit_position bigint NOT NULL,
  audit_hash text NOT NULL,
  dates_until date
);
INSERT INTO feed_head (id, epoch, position, dropped_until, audit_position, audit_hash)
VALUES (1, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), 0, 0, 0, repeat('0', 64));

-- A job belongs to one replica until its lease ends; times are the database's own, in microseconds.
CREATE TABLE jobs (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  owner text NOT NULL,
  lease_until bigint NOT NULL,
  next_at bigint NOT NULL,
  started_at bigint,
  last_ok bigint,
  last_error text,
  runs bigint NOT NULL,
  failures bigint NOT NULL
);
