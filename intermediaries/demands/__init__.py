"""Demands: what an owner asks agencies for, from draft to the end of enrolment."""
