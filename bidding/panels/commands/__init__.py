"""What is done about a panel: started, checked again, completed, seated, made public."""
