nas 1
// A number is no tensor to convolve.

space kinds {
  input x: image[8, 8, 1]
  let depth = choose 1..3
  output depth |> conv(8, 3) |> classifier(10)
}
