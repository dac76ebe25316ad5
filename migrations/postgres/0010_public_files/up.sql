-- Files of an organisation are read by its own people, unless they are marked public.
UPDATE passerelle_schema SET minor = 8;

ALTER TABLE files ADD COLUMN public boolean NOT NULL DEFAULT false CHECK (NOT public OR organisation_id IS NOT NULL);

-- Those that are there were everybody's to read where their organisation is verified. Each has an audience of its own from now on, under its own
-- id; the feed tells the others that they left.
INSERT INTO audiences (id) SELECT id FROM files WHERE organisation_id IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO audience_readers (reader, territory, audience_id)
SELECT 'operator', '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'ministry', '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'own:' || organisation_id, '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'own:' || owner_id, '', id FROM files WHERE organisation_id IS NOT NULL AND owner_id IS NOT NULL
ON CONFLICT DO NOTHING;
UPDATE changes SET seen_by = resource_id
WHERE kind = 'file' AND seen_by IN (SELECT audience_id FROM audience_readers WHERE reader = 'everyone')
  AND resource_id IN (SELECT id FROM files WHERE organisation_id IS NOT NULL);
INSERT INTO changes (kind, resource_id, version, operation, organisation_id, recorded_at, seen_by, was_seen_by)
SELECT 'file', f.id, f.version, 'moved', f.organisation_id, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, f.id, o.audience_id
FROM files AS f JOIN organisations AS o ON o.id = f.organisation_id ORDER BY f.id;
