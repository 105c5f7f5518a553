"""The tender: from draft to archive, its timetable, documents, questions and amendments."""
