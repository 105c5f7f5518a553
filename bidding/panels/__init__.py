"""The panel of a tender: planned, drawn from the experts' register, checked again, seated."""
