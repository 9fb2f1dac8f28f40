nas 1

space order {
  input x: image[8, 8, 1]
  let filters = choose {8, 16}
  let y = x |> conv(filters, 3)
  output y |> classifier(10)
}
