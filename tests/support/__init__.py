"""What tests run against: private servers, started and stopped by whoever needs them."""
