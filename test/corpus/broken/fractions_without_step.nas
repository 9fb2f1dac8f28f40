nas 1
// Between fractions there is no next number.

space ranges {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> dropout(choose rate 0.1..0.5) |> classifier(10)
}
