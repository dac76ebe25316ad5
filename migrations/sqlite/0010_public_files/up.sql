-- Files of an organisation are read by its own people, unless they are marked public.
UPDATE passerelle_schema SET minor = 8;

ALTER TABLE files ADD COLUMN public INTEGER NOT NULL DEFAULT 0 CHECK (public IN (0, 1) AND (public = 0 OR organisation_id IS NOT NULL));

-- Those that are there were everybody's to read where their organisation is verified. Each has an audience of its own from now on, under its own
-- id; the feed tells the others that they left.
INSERT INTO audiences (id) SELECT id FROM files WHERE organisation_id IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO audience_readers (reader, territory, audience_id)
SELECT 'operator', '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'ministry', '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'own:' || substr(lower(hex(organisation_id)), 1, 8) || '-' || substr(lower(hex(organisation_id)), 9, 4) || '-' || substr(lower(hex(organisation_id)), 13, 4) || '-' || substr(lower(hex(organisation_id)), 17, 4) || '-' || substr(lower(hex(organisation_id)), 21, 12), '', id FROM files WHERE organisation_id IS NOT NULL
UNION SELECT 'own:' || substr(lower(hex(owner_id)), 1, 8) || '-' || substr(lower(hex(owner_id)), 9, 4) || '-' || substr(lower(hex(owner_id)), 13, 4) || '-' || substr(lower(hex(owner_id)), 17, 4) || '-' || substr(lower(hex(owner_id)), 21, 12), '', id FROM files WHERE organisation_id IS NOT NULL AND owner_id IS NOT NULL
ON CONFLICT DO NOTHING;
UPDATE changes SET seen_by = resource_id
WHERE kind = 'file' AND seen_by IN (SELECT audience_id FROM audience_readers WHERE reader = 'everyone')
  AND resource_id IN (SELECT id FROM files WHERE organisation_id IS NOT NULL);
INSERT INTO changes (kind, resource_id, version, operation, organisation_id, recorded_at, seen_by, was_seen_by)
SELECT 'file', f.id, f.version, 'moved', f.organisation_id, CAST(unixepoch('subsec') * 1000000 AS INTEGER), f.id, o.audience_id
FROM files AS f JOIN organisations AS o ON o.id = f.organisation_id ORDER BY f.id;
