nas 1

space ranges {
  input x: image[8, 8, 1]
  output x |> conv(choose 16..64 step 16, 3) |> classifier(10)
}
