"""Pages of offers: an agency's own enrolment, the selection for everybody, the operator's list."""
