"""What the four services share: contracts, platform, and text tools."""
