nas 1
// A pool has no filters.

space arguments {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> relu(8) |> classifier(10)
}
