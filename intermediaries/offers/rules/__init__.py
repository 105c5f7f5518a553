"""Pure rules of offers: states of a selection, what an enrolment must be."""
