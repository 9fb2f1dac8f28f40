nas 1
// The ends of a range are in the wrong order.

space ranges {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 5..2 { conv(8, 3) } |> classifier(10)
}
