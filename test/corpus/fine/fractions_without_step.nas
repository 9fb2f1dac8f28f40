nas 1

space ranges {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> dropout(choose rate 0.1..0.5 step 0.1) |> classifier(10)
}
