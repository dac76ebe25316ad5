DROP TABLE merged_actions;
DROP TABLE action_aliases;
DROP TABLE action_schools;
DROP TABLE actions;
DROP TABLE company_contacts;
DROP TABLE companies;
DROP TABLE school_directories;
DROP TABLE schools;
UPDATE passerelle_schema SET minor = 4;
