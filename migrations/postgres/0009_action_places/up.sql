-- An action without a school lies in the département of its place's postcode.
UPDATE passerelle_schema SET minor = 7;

ALTER TABLE actions ADD COLUMN departement text NOT NULL DEFAULT '';
UPDATE actions SET departement = CASE
    WHEN substr(p.postcode, 1, 3) IN ('200', '201') THEN '2A'
    WHEN substr(p.postcode, 1, 3) IN ('202', '206') THEN '2B'
    WHEN substr(p.postcode, 1, 2) IN ('97', '98') THEN substr(p.postcode, 1, 3)
    ELSE substr(p.postcode, 1, 2) END
FROM (SELECT id AS action_id, (content::json #>> '{asked,place,postcode}') AS postcode FROM actions
      WHERE id NOT IN (SELECT action_id FROM action_schools)) AS p
WHERE p.action_id = actions.id AND length(p.postcode) >= 3;
