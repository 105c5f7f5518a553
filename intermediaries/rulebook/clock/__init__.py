"""The bundled clock: one case from commission to decision, one holder for each working second."""
