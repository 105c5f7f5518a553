"""The demonstration: fictional people, a clock that moves forward, every process in one command.

Absent in production: nothing outside this package imports it unless the mode is "demo".
"""
