"""Bad submissions, one runnable file each. README.md says what each one tries."""
