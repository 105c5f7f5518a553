"""The words of the field, in both languages, with what each means here."""
