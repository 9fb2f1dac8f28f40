nas 1
// The data decides the size of its images.

space inputs {
  let size = choose {16, 32}
  input x: image[size, size, 3]
  output x |> conv(8, 3) |> classifier(10)
}
