"""What is seen of a run beside the product: by its bytes, by its files, and by what people did."""
