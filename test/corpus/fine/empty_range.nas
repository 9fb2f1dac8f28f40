nas 1

space ranges {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 2..5 { conv(8, 3) } |> classifier(10)
}
