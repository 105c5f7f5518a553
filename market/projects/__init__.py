"""The register of projects: one number for each, its money and approval, who prepared it."""
