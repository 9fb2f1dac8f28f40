nas 1

space exclusive {
  input x: image[8, 8, 1]
  let (a, b) = (choose a 1..3, choose b 1..3)
  output x |> repeat a { conv(8, 3) } |> repeat b { conv(8, 1) } |> classifier(10)
  require a > b
  require b >= 2
}
