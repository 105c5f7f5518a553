"""The common part of all pages: who may open one, what is typed, how it looks."""
