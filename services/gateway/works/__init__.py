"""Long texts, written section by section; after each section the model learns what it wrote."""
