"""Stories of registration, detection and sign-up."""
