"""What authors of a course use before they release it: checks, mutants, samples, skeletons."""
