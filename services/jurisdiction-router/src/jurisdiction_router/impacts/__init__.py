"""What a proposal would change over the whole register, computed as a job."""
