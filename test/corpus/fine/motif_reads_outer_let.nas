nas 1

space outer {
  input x: image[8, 8, 1]
  let filters = choose {8, 16}
  output x |> block(filters) |> classifier(10)
}

motif block(x; filters) = x |> conv(filters, 3)
