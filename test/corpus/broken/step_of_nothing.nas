nas 1
// A step of 0 never arrives.

space ranges {
  input x: image[8, 8, 1]
  output x |> conv(choose 16..64 step 0, 3) |> classifier(10)
}
