"""The checks a policy is made of, one file each; filters never import one another."""
