"""One-inch photos: finding the face in a portrait and cutting the photo out of it."""
