#!/usr/bin/env python3
"""Writes a made-up directory of schools in the layout of fr-en-annuaire-education: directory.py COUNT > annuaire.csv"""
import sys

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DEPARTEMENTS = [("075", "01"), ("093", "24"), ("092", "25"), ("059", "09"), ("013", "02"), ("069", "10"), ("044", "17"), ("974", "28")]
KINDS = [("École élémentaire", "Ecole", "151"), ("Collège", "Collège", "340"), ("Lycée", "Lycée", "302"), ("Lycée professionnel", "Lycée", "320")]
PEOPLE = ["Jean Moulin", "Jules Ferry", "Marie Curie", "Victor Hugo", "Simone Veil", "Louis Pasteur", "Olympe de Gouges"]
COLUMNS = """Identifiant_de_l_etablissement Nom_etablissement Type_etablissement Statut_public_prive Adresse_1 Adresse_2 Adresse_3
Code_postal Code_commune Nom_commune Code_departement Code_academie Code_region Voie_generale Voie_technologique
Voie_professionnelle Telephone Web Mail Segpa Lycee_Agricole Appartenance_Education_Prioritaire latitude longitude date_ouverture
date_maj_ligne etat code_nature libelle_nature""".split()

print(";".join(COLUMNS))
for n in range(int(sys.argv[1])):
    departement, academie = DEPARTEMENTS[n % len(DEPARTEMENTS)]
    number = int(departement if departement[0] == "9" else departement) * 10_000 + n // len(DEPARTEMENTS)
    digits = f"{number:07d}"
    label, kind, nature = KINDS[n % len(KINDS)]
    uai = digits + LETTERS[number % 23]
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "Identifiant_de_l_etablissement": uai, "Nom_etablissement": f"{label} {PEOPLE[n % len(PEOPLE)]}", "Type_etablissement": kind,
        "Statut_public_prive": "Public", "Adresse_1": f"{n % 200 + 1} rue de l'École", "Code_postal": f"{departement[1:]}000",
        "Code_commune": f"{departement[1:]}{n % 500:03d}", "Nom_commune": f"Commune-sur-Seine {n % 500}", "Code_departement": departement,
        "Code_academie": academie, "Voie_professionnelle": "1" if nature == "320" else "0", "Telephone": "0100000000",
        "Web": f"http://{uai.lower()}.example", "Mail": f"ce.{uai}@ac.example", "latitude": "48.85", "longitude": "2.35",
        "Appartenance_Education_Prioritaire": ["", "", "REP", "REP+"][n % 4], "date_ouverture": "1965-05-01",
        "date_maj_ligne": "2026-09-01", "etat": "FERME" if n % 40 == 0 else "OUVERT", "code_nature": nature,
    }
    print(";".join(row.values()))
