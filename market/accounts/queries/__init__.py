"""What other rooms may ask of the register; answers list exactly what may be seen."""
