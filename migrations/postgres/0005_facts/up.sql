-- What happened in the life of a convention: recorded, never rewritten; a correction names the fact that it replaces.
UPDATE passerelle_schema SET minor = 3;

CREATE TABLE facts (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  kind text NOT NULL,
  party_id uuid NOT NULL REFERENCES parties (id),
  occurred_on date NOT NULL,
  note text,
  replaces uuid REFERENCES facts (id),
  replaced_at bigint,
  recorded_by uuid NOT NULL,
  -- The organisation whose caller recorded it; null for the operator.
  recorder_id uuid,
  recorded_at bigint NOT NULL,
  -- What the party says of a fact that another recorded for it.
  answer text CHECK (answer IN ('acknowledged', 'contested')),
  answer_note text,
  answered_by uuid,
  answered_at bigint,
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX facts_by_convention ON facts (convention_id, position, id);
CREATE UNIQUE INDEX facts_replaced_once ON facts (replaces);
