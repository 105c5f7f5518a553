"""The troupe: plays tenders to their stages over HTTP, as people and programs do."""
