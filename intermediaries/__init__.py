"""The intermediary supermarket: agencies bid on evaluation jobs, one clock runs to the decision."""
